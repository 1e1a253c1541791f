import java.io.FileInputStream;
import java.net.URI;
import java.security.Security;
import java.security.cert.*;
import java.security.cert.PKIXRevocationChecker.Option;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * `java RevocationCheck.java ROOT ISSUING LEAF URL`: the PKIX validator's word on the leaf, by OCSP alone. Without URL: on
 * the leaf and its CA, by the CRLs that they name (CRLDP) alone. With `usual` for the URL: on both, by what they name, as
 * most programs configure it: `ocsp.enable=true` and no checker of their own.
 */
class RevocationCheck {
  public static void main(String[] files) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    X509Certificate[] read = new X509Certificate[3];
    for (int i = 0; i < 3; i++)
      read[i] = (X509Certificate) factory.generateCertificate(new FileInputStream(files[i]));
    CertPathValidator validator = CertPathValidator.getInstance("PKIX");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(read[0], null)));
    if (files.length == 4 && files[3].equals("usual")) {
      Security.setProperty("ocsp.enable", "true");
      parameters.setRevocationEnabled(true);
    } else if (files.length == 4) {
      checker.setOcspResponder(URI.create(files[3]));
      checker.setOptions(EnumSet.of(Option.ONLY_END_ENTITY, Option.NO_FALLBACK));
      parameters.addCertPathChecker(checker);
    } else {
      System.setProperty("com.sun.security.enableCRLDP", "true");
      checker.setOptions(EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK));
      parameters.addCertPathChecker(checker);
    }
    try {
      validator.validate(factory.generateCertPath(List.of(read[2], read[1])), parameters);
      System.out.println("good");
    } catch (CertPathValidatorException refused) {
      System.out.println(refused.getReason() + ": " + refused.getMessage());
    }
  }
}
