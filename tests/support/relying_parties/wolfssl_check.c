/* `wolfssl_check ROOT ISSUING CRLS LEAF...`: what wolfSSL's certificate manager returns for each leaf, one a line. It
   checks all of the chain; CRLS is one PEM file, whose CRLs are loaded one by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

static char *content(const char *path, long *size) {
  FILE *file = fopen(path, "rb");
  fseek(file, 0, SEEK_END);
  *size = ftell(file);
  rewind(file);
  char *read = calloc(1, *size + 1);
  if (fread(read, 1, *size, file) != (size_t)*size) exit(1);
  fclose(file);
  return read;
}

static int load_crls(WOLFSSL_CERT_MANAGER *manager, const char *path) {
  static const char end[] = "-----END X509 CRL-----\n";
  long size;
  char *from = content(path, &size), *to;
  while ((to = strstr(from, end)) != NULL) {
    to += strlen(end);
    int code = wolfSSL_CertManagerLoadCRLBuffer(manager, (unsigned char *)from, to - from, WOLFSSL_FILETYPE_PEM);
    if (code != WOLFSSL_SUCCESS) return code;
    from = to;
  }
  return WOLFSSL_SUCCESS;
}

static const char *verdict(WOLFSSL_CERT_MANAGER *manager, const char *leaf) {
  int code = wolfSSL_CertManagerVerify(manager, leaf, WOLFSSL_FILETYPE_PEM);
  return code == WOLFSSL_SUCCESS ? "good" : wolfSSL_ERR_reason_error_string(code);
}

int main(int count, char **files) {
  wolfSSL_Init();
  WOLFSSL_CERT_MANAGER *manager = wolfSSL_CertManagerNew();
  for (int ca = 1; ca <= 2; ca++) /* before the CRLs, which it verifies as it loads them */
    if (wolfSSL_CertManagerLoadCA(manager, files[ca], NULL) != WOLFSSL_SUCCESS) return 1;
  wolfSSL_CertManagerEnableCRL(manager, WOLFSSL_CRL_CHECKALL);
  int code = load_crls(manager, files[3]);
  if (code != WOLFSSL_SUCCESS) {
    printf("unread: %s\n", wolfSSL_ERR_reason_error_string(code));
    return 0;
  }
  for (int leaf = 4; leaf < count; leaf++) printf("%s\n", verdict(manager, files[leaf]));
  return 0;
}
