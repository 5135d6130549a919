package buildout

// A profile is text that somebody else wrote. These bounds turn what would
// otherwise be an endless or memory-eating evaluation into an error; each is
// far above what the largest software releases need.
const (
	maxFile       = 16 << 20  // bytes of one profile file or download
	maxValue      = 16 << 20  // bytes of one value
	maxTotal      = 128 << 20 // bytes that substitution makes in one evaluation
	maxOptions    = 2_000_000 // options that macros make in one evaluation
	maxDepth      = 1000      // nested steps of an evaluation (python stops near 300 references)
	maxExtends    = 500       // files that extend one another in a chain
	maxInclusions = 100_000   // files opened in one evaluation
)

func errTooBig(v value) *Error {
	return errorf(UserError, "A value grows beyond %d MiB; look for options that refer to each other twice.",
		maxValue>>20).atValue(v)
}
