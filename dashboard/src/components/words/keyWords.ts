/** The type of a key as the API names it, in words: "ECDSA-P256" is "ECDSA P-256", "RSA-2048" is "RSA 2048". */
export function keyWords(type: string): string {
  return type.replace("-P", " P-").replace("RSA-", "RSA ");
}
