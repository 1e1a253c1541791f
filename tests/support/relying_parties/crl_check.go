// `crl_check ROOT ISSUING CRLS LEAF...`: what crypto/x509 returns for each leaf, one a line, and then, of a leaf that it
// accepts, whether the serial number is in a CRL of the leaf's issuer: crypto/x509 reads CRLs, but checks none.
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
)

func blocks(path string) (found [][]byte) {
	rest, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return found
		}
		found = append(found, block.Bytes)
	}
}

func certificate(path string) *x509.Certificate {
	read, err := x509.ParseCertificate(blocks(path)[0])
	if err != nil {
		panic(err)
	}
	return read
}

func crls(path string) (read []*x509.RevocationList) {
	for _, der := range blocks(path) {
		crl, err := x509.ParseRevocationList(der)
		if err != nil {
			fmt.Println("unread:", err)
			os.Exit(0)
		}
		read = append(read, crl)
	}
	return read
}

func verdict(leaf *x509.Certificate, chain x509.VerifyOptions, issuing *x509.Certificate, crls []*x509.RevocationList) string {
	if _, err := leaf.Verify(chain); err != nil {
		return err.Error()
	}
	for _, crl := range crls {
		if crl.CheckSignatureFrom(issuing) != nil {
			continue
		}
		for _, entry := range crl.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(leaf.SerialNumber) == 0 {
				return "revoked"
			}
		}
	}
	return "good"
}

func main() {
	files := os.Args[1:]
	issuing := certificate(files[1])
	chain := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	chain.Roots.AddCert(certificate(files[0]))
	chain.Intermediates.AddCert(issuing)
	given := crls(files[2])
	for _, leaf := range files[3:] {
		fmt.Println(verdict(certificate(leaf), chain, issuing, given))
	}
}
