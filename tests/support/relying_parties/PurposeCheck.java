import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.security.cert.*;
import java.util.List;
import java.util.Set;

/**
 * Reads questions, one a line: the OID of a usage or `any`, a certificate policy or `-`, then the files of the leaf, its CA
 * and the root. Prints `OK`, or why the PKIX validator refuses the chain.
 */
final class PurposeCheck {
  public static void main(String[] arguments) throws Exception {
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      System.out.println(verdict(line.split(" ")).replace('\n', ' '));
      System.out.flush();
    }
  }

  private static X509Certificate read(CertificateFactory factory, String file) throws Exception {
    try (InputStream pem = new FileInputStream(file)) {
      return (X509Certificate) factory.generateCertificate(pem);
    }
  }

  private static String verdict(String[] parts) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      TrustAnchor root = new TrustAnchor(read(factory, parts[4]), null);
      PKIXParameters parameters = new PKIXParameters(Set.of(root));
      parameters.setRevocationEnabled(false);
      if (!parts[0].equals("any")) {
        X509CertSelector leaf = new X509CertSelector();
        leaf.setExtendedKeyUsage(Set.of(parts[0]));
        parameters.setTargetCertConstraints(leaf);
      }
      if (!parts[1].equals("-")) {
        parameters.setExplicitPolicyRequired(true);
        parameters.setInitialPolicies(Set.of(parts[1]));
      }
      CertPath path = factory.generateCertPath(List.of(read(factory, parts[2]), read(factory, parts[3])));
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
      return "OK";
    } catch (Exception refused) {
      return refused.toString();
    }
  }
}
