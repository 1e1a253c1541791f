import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads chains, one a line: a usage, then the certificates in base64, from the leaf up to the root. Prints `OK`, or why PKIX
 * refuses the chain.
 */
final class ChainCheck {
    private static final Map<String, String> USAGES =
        Map.of(
            "serverAuth", "1.3.6.1.5.5.7.3.1",
            "clientAuth", "1.3.6.1.5.5.7.3.2",
            "emailProtection", "1.3.6.1.5.5.7.3.4");

    public static void main(String[] arguments) throws Exception {
        BufferedReader chains = new BufferedReader(new InputStreamReader(System.in));
        for (String line = chains.readLine(); line != null; line = chains.readLine()) {
            System.out.println(verdict(line.split(" ")).replace('\n', ' '));
            System.out.flush();
        }
    }

    private static String verdict(String[] parts) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> chain = new ArrayList<>();
            for (int at = 1; at < parts.length; at++) {
                byte[] der = Base64.getDecoder().decode(parts[at]);
                chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
            }
            TrustAnchor root = new TrustAnchor(chain.remove(chain.size() - 1), null);
            PKIXParameters parameters = new PKIXParameters(Set.of(root));
            parameters.setRevocationEnabled(false);
            X509CertSelector leaf = new X509CertSelector();
            leaf.setExtendedKeyUsage(Set.of(USAGES.get(parts[0])));
            parameters.setTargetCertConstraints(leaf);
            CertPath path = factory.generateCertPath(chain);
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
            return "OK";
        } catch (Exception refused) {
            return refused.toString();
        }
    }
}
