package buildout

// A profile is text that somebody else wrote. These bounds turn what would
// otherwise be an endless or memory-eating evaluation into an error; each is
// far above what the largest software releases need.
const (
	maxFile       = 16 << 20  // bytes of one profile file or download
	maxRead       = 256 << 20 // bytes of all of them
	maxMerging    = 512 << 20 // bytes moved while merging files
	maxMade       = 64 << 20  // bytes that macros and substitution make, and…
	madePerByte   = 32        // …as many more for each byte that was read
	maxSteps      = 100_000   // steps of an evaluation, and…
	stepsPerEntry = 20        // …as many more for each section and option
	maxDepth      = 1000      // nested steps (python stops near 300 references)
	maxExtends    = 500       // files that extend one another in a chain
	maxInclusions = 100_000   // files opened in one evaluation
	maxWarnings   = 100
)

// What a section and an option cost a budget, beside the text.
const (
	perSection = 16
	perOption  = 256
)

// budget is a number of bytes that may still be made.
type budget struct{ left int }

// take uses up some of the budget; v is what the bytes are made for.
func (b *budget) take(n int, v value) error {
	if b.left -= n; b.left < 0 {
		return errorf(UserError,
			"The profile grows out of all bounds; look for values that contain each other twice.").atValue(v)
	}
	return nil
}
