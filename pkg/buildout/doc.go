// Package buildout evaluates buildout profiles: it owns the profile language
// (lexing, extends, merging, macros, substitution) in the two dialects that
// SlapOS meets, and the order in which sections come alive. Whether the
// condition of a section holds, it asks package condition.
//
// It knows nothing of recipes beyond the moment at which one is constructed
// ([Options.Construct]), nothing of what a part installs, and nothing of
// monitoring. It reads files and URLs and never writes, except downloads into
// an extends-cache that the profile asked for.
//
// The flow is lexer -> reader (extends, merge) -> [Profile] (raw, merged
// sections) -> [Section] (resolved lazily, the first time anything asks).
// Facts and their sources are in contract/buildout.md, section 1.
package buildout
