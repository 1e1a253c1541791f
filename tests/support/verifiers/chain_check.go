// Reads chains, one a line: a usage, then the certificates in base64, from the leaf up to the root. Prints `OK`, or why
// crypto/x509 refuses the chain.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
)

var usages = map[string]x509.ExtKeyUsage{
	"serverAuth":      x509.ExtKeyUsageServerAuth,
	"clientAuth":      x509.ExtKeyUsageClientAuth,
	"emailProtection": x509.ExtKeyUsageEmailProtection,
}

func main() {
	chains := bufio.NewScanner(os.Stdin)
	chains.Buffer(nil, 1<<20)
	for chains.Scan() {
		if refused := verify(strings.Fields(chains.Text())); refused != nil {
			fmt.Println(strings.ReplaceAll(refused.Error(), "\n", " "))
		} else {
			fmt.Println("OK")
		}
	}
}

func verify(parts []string) error {
	var chain []*x509.Certificate
	for _, text := range parts[1:] {
		der, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return err
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		chain = append(chain, certificate)
	}
	roots, others := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(chain[len(chain)-1])
	for _, between := range chain[1 : len(chain)-1] {
		others.AddCert(between)
	}
	wanted := []x509.ExtKeyUsage{usages[parts[0]]}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: others, KeyUsages: wanted})
	return err
}
