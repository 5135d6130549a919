// Package equality tests that real zc.buildout with the egg and the embedded
// front end are one: for each profile of tests/profiles they send the same
// requests and leave the same files, names, contents and modes, in each stage
// of a deployment's life.
package equality
