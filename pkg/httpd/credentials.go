package httpd

import (
	"encoding/base64"
	"strings"
)

// credentials reads the value of an Authorization header of the Basic scheme as
// RFC 9110 11.4 and RFC 7617 write it: any number of spaces after the scheme,
// which has no case. That the padding is left out is forgiven, as Apache does.
func credentials(header string) (user, password string, ok bool) {
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(rest), "="))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(text), ":")
}
