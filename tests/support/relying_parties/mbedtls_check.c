/* `mbedtls_check ROOT ISSUING CRLS LEAF...`: what Mbed TLS's verification returns for each leaf, one a line. CRLS is
   one PEM file, as for the `crl_file` of its own server. */
#include <mbedtls/error.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <stdio.h>

static const char *verdict(mbedtls_x509_crt *root, mbedtls_x509_crt *issuing, mbedtls_x509_crl *crls,
                           const char *leaf) {
  static char text[512];
  mbedtls_x509_crt chain;
  uint32_t flags = 0;

  mbedtls_x509_crt_init(&chain);
  if (mbedtls_x509_crt_parse_file(&chain, leaf) != 0) return "the leaf cannot be read";
  chain.next = issuing;
  if (mbedtls_x509_crt_verify(&chain, root, crls, NULL, &flags, NULL, NULL) == 0) return "good";
  mbedtls_x509_crt_verify_info(text, sizeof text, "", flags);
  for (char *each = text; *each; each++)
    if (*each == '\n') *each = ' ';
  return text;
}

int main(int count, char **files) {
  mbedtls_x509_crt root, issuing;
  mbedtls_x509_crl crls;
  char text[128];

  psa_crypto_init();
  mbedtls_x509_crt_init(&root);
  mbedtls_x509_crt_init(&issuing);
  mbedtls_x509_crl_init(&crls);
  if (mbedtls_x509_crt_parse_file(&root, files[1]) || mbedtls_x509_crt_parse_file(&issuing, files[2])) return 1;
  int failed = mbedtls_x509_crl_parse_file(&crls, files[3]);
  if (failed) {
    mbedtls_strerror(failed, text, sizeof text);
    printf("unread: %s\n", text);
    return 0;
  }
  for (int leaf = 4; leaf < count; leaf++) printf("%s\n", verdict(&root, &issuing, &crls, files[leaf]));
  return 0;
}
