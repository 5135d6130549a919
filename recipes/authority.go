package recipes

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
)

func init() {
	folders := []Option{
		{Name: "requests-directory", Meaning: "the folder of the requests", Required: true},
		{Name: "ca-private", Meaning: "the folder of the keys", Required: true},
		{Name: "ca-certs", Meaning: "the folder of the certificates", Required: true},
	}
	register(&Recipe{
		Name:    "certificate-authority",
		Aliases: []string{"slapos.cookbook:certificate_authority"},
		Summary: "an executable that signs the certificates that other parts request",
		Options: append([]Option{
			{Name: "ca-dir", Meaning: "the authority's folder", Required: true},
			{Name: "wrapper", Meaning: "where the executable goes", Required: true},
			{Name: "company", Meaning: "organisation in its name", Default: "Company"},
		}, folders...),
		Plan: planAuthority,
	})
	register(&Recipe{
		Name:    "certificate-authority.request",
		Aliases: []string{"slapos.cookbook:certificate_authority.request"},
		Summary: "requests a certificate, and makes an executable that waits for it and becomes another",
		Options: append([]Option{
			{Name: "name", Meaning: "the certificate's common name", Default: "the section's name"},
			{Name: "key-file", Meaning: "where the key shall appear", Required: true},
			{Name: "cert-file", Meaning: "where the certificate shall appear", Required: true},
			{Name: "executable", Meaning: "what waits for them", Required: true},
			{Name: "wrapper", Meaning: "where the executable goes", Required: true},
		}, folders...),
		Plan: planCertificateRequest,
	})
}

// paths are several required options that hold paths.
func (p *Part) paths(options ...string) (map[string]string, error) {
	out := map[string]string{}
	for _, o := range options {
		v, err := p.Path(o)
		if err != nil {
			return nil, err
		}
		out[o] = v
	}
	return out, nil
}

func planAuthority(p *Part) ([]Artifact, error) {
	path, err := p.paths("ca-dir", "requests-directory", "ca-private", "ca-certs", "wrapper")
	if err != nil {
		return nil, err
	}
	service, err := p.program("authority", "monitor-standalone")
	if err != nil {
		return nil, err
	}
	command := quoteAll([]string{
		service, "certificate-authority", "--directory", path["ca-dir"], "--requests", path["requests-directory"],
		"--private", path["ca-private"], "--certificates", path["ca-certs"], "--company", p.Default("company", "Company"),
	})
	return []Artifact{
		{Path: path["ca-dir"], Folder: true}, {Path: path["requests-directory"], Folder: true},
		{Path: path["ca-private"], Folder: true}, {Path: path["ca-certs"], Folder: true},
		{Path: path["wrapper"], Content: []byte("#!/bin/sh -e\nexec " + command + " \"$@\"\n"), Mode: executableMode},
	}, nil
}

func planCertificateRequest(p *Part) ([]Artifact, error) {
	path, err := p.paths("requests-directory", "ca-private", "ca-certs", "key-file", "cert-file", "executable", "wrapper")
	if err != nil {
		return nil, err
	}
	name := p.Default("name", p.Name)
	if strings.Contains(name, "\n") {
		return nil, fmt.Errorf("section [%s]: a certificate's name is one line", p.Name)
	}
	sum := sha512.Sum512([]byte(name))
	hash := hex.EncodeToString(sum[:])
	key, cert := filepath.Join(path["ca-private"], hash+".key"), filepath.Join(path["ca-certs"], hash+".crt")
	script := fmt.Sprintf("#!/bin/sh -e\nwhile [ ! -s %s ] || [ ! -s %s ]; do sleep 0.2; done\nexec %s \"$@\"\n",
		quote(path["key-file"]), quote(path["cert-file"]), quote(path["executable"]))
	return []Artifact{
		{Path: filepath.Join(path["requests-directory"], hash), Content: []byte("[certificate]\nname = " + name + "\nkey_file = " + key + "\ncertificate_file = " + cert + "\n")},
		{Path: path["key-file"], Target: key},
		{Path: path["cert-file"], Target: cert},
		{Path: path["wrapper"], Content: []byte(script), Mode: executableMode},
	}, nil
}
