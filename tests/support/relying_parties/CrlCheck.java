import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.*;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * `java CrlCheck ROOT ISSUING CRLS LEAF...`: what the PKIX validator returns for each leaf, one a line, by the CRLs of the
 * file CRLS alone. If that is `-`: by the CRLs that the certificates name.
 */
class CrlCheck {
  public static void main(String[] files) throws Exception {
    System.setProperty("com.sun.security.enableCRLDP", String.valueOf(files[2].equals("-")));
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(read(factory, files[0]), null)));
    parameters.setRevocationEnabled(true);
    if (!files[2].equals("-")) parameters.addCertStore(crls(factory, files[2]));
    X509Certificate issuing = read(factory, files[1]);
    for (String leaf : List.of(files).subList(3, files.length))
      System.out.println(verdict(factory.generateCertPath(List.of(read(factory, leaf), issuing)), parameters));
  }

  private static X509Certificate read(CertificateFactory factory, String file) throws Exception {
    try (InputStream pem = new FileInputStream(file)) {
      return (X509Certificate) factory.generateCertificate(pem);
    }
  }

  private static CertStore crls(CertificateFactory factory, String file) throws Exception {
    try (InputStream pem = new FileInputStream(file)) {
      Collection<? extends CRL> crls = factory.generateCRLs(pem);
      return CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls));
    }
  }

  private static String verdict(CertPath chain, PKIXParameters parameters) throws Exception {
    try {
      CertPathValidator.getInstance("PKIX").validate(chain, parameters);
      return "good";
    } catch (CertPathValidatorException refused) {
      return refused.getReason() + ": " + refused.getMessage();
    }
  }
}
