// Reads questions, one a line: a usage or `any`, then the files of the leaf, its CA and the root. Prints `OK`, or why
// crypto/x509 refuses the chain.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
)

var usages = map[string]x509.ExtKeyUsage{
	"any":             x509.ExtKeyUsageAny,
	"serverAuth":      x509.ExtKeyUsageServerAuth,
	"clientAuth":      x509.ExtKeyUsageClientAuth,
	"codeSigning":     x509.ExtKeyUsageCodeSigning,
	"emailProtection": x509.ExtKeyUsageEmailProtection,
	"timeStamping":    x509.ExtKeyUsageTimeStamping,
}

func main() {
	questions := bufio.NewScanner(os.Stdin)
	for questions.Scan() {
		if refused := verify(strings.Fields(questions.Text())); refused != nil {
			fmt.Println(strings.ReplaceAll(refused.Error(), "\n", " "))
		} else {
			fmt.Println("OK")
		}
	}
}

func read(path string) *x509.Certificate {
	text, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(err)
	}
	return certificate
}

func verify(parts []string) error {
	roots, others := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(read(parts[3]))
	others.AddCert(read(parts[2]))
	wanted := []x509.ExtKeyUsage{usages[parts[0]]}
	_, err := read(parts[1]).Verify(x509.VerifyOptions{Roots: roots, Intermediates: others, KeyUsages: wanted})
	return err
}
