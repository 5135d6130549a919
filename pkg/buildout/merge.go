package buildout

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// mergeTables lays the options of over on those of base (contract 1.5): first
// over's "+" and "-" options become plain ones, then all of over replaces.
// Neither argument is changed.
func mergeTables(base, over *table, b *budget) (*table, error) {
	over, err := applyOperators(base, over, b)
	if err != nil {
		return nil, err
	}
	if err := b.take((base.len()+over.len())*perOption, value{}); err != nil {
		return nil, err
	}
	merged := base.clone()
	merged.update(over)
	return merged, nil
}

// applyOperators works on a copy of over, or returns it when nothing is to do.
func applyOperators(base, over *table, b *budget) (*table, error) {
	var operations []entry
	for _, e := range over.all() {
		switch {
		case e.name == "":
			// A lone "+ = x" of an earlier file left this name; buildout's
			// sort key takes its last character and dies.
			return nil, errorf(IndexError, "string index out of range").at(e.source, e.line)
		case hasOperator(e.name):
			operations = append(operations, e)
		}
	}
	if len(operations) == 0 {
		return over, nil
	}
	sortOperations(operations)
	over = over.clone()
	for _, op := range operations {
		name := operated(op.name)
		text := operand(base, over, name).text
		if err := b.take(len(text)+len(op.text), op.value); err != nil {
			return nil, err
		}
		if isAddition(op.name) {
			text += "\n" + op.text
		} else {
			text = removeLines(text, op.text)
		}
		over.set(name, value{text, op.source, op.line})
		over.remove(op.name)
	}
	return over, nil
}

// operated is the name of the option that "name +" or "name -" works on.
func operated(name string) string {
	if isAddition(name) {
		return strings.TrimRight(name, " +")
	}
	return strings.TrimRight(name, " -")
}

func isAddition(name string) bool { return strings.HasSuffix(name, "+") }

// hasOperator tells whether an option's name still carries "+" or "-".
func hasOperator(name string) bool { return isAddition(name) || strings.HasSuffix(name, "-") }

// sortOperations puts "+" before "-" for the same option, whatever the order
// they were written in.
func sortOperations(operations []entry) {
	key := func(e entry) (string, rune) {
		last, _ := utf8.DecodeLastRuneInString(e.name)
		return strings.TrimRight(e.name, " +"), last
	}
	slices.SortStableFunc(operations, func(a, b entry) int {
		nameA, lastA := key(a)
		nameB, lastB := key(b)
		return cmp.Or(cmp.Compare(nameA, nameB), cmp.Compare(lastA, lastB))
	})
}

// operand is the value that an operator works on: the section's own, else the
// base's, else nothing.
func operand(base, over *table, name string) value {
	if v, ok := over.get(name); ok {
		return v
	}
	v, _ := base.get(name)
	return v
}

// removeLines drops every line of text that equals a line of unwanted.
func removeLines(text, unwanted string) string {
	drop := map[string]bool{}
	for line := range strings.SplitSeq(unwanted, "\n") {
		drop[line] = true
	}
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		if !drop[line] {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// mergeDocuments lays over on a copy of base.
func mergeDocuments(base, over *document, b *budget) (*document, error) {
	if err := b.take(len(base.names)*perSection, value{}); err != nil {
		return nil, err
	}
	merged := base.clone()
	return merged, merged.lay(over, b)
}

// lay lays over on a document, section by section. A section that only one of
// them has is taken as it is, with its operators.
func (d *document) lay(over *document, b *budget) error {
	if err := b.take(len(over.names)*perSection, value{}); err != nil {
		return err
	}
	for _, name := range over.names {
		section := over.sections[name]
		if below, ok := d.get(name); ok {
			var err error
			if section, err = mergeTables(below, section, b); err != nil {
				return err
			}
		}
		d.set(name, section)
	}
	return nil
}
