package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"slapmonitor/recipes"
)

func recipeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "recipe",
		Short: "Answer recipe requests: JSON on standard input, JSON on standard output",
		Long: `Recipe reads requests
  {"recipe": "slapos.recipe.monitor:NAME", "name": SECTION, "phase": "init"|"install"|"update",
   "options": [[OPTION, VALUE]...], "sections": {SECTION: [[OPTION, VALUE]...]...}, "directory": DIR}
until standard input ends, and prints one reply, a line, to each before it reads the next
  {"options": [[OPTION, VALUE]...], "paths": [...]}   or   {"error": TEXT}
"secrets" in a reply names options that must not be saved. A reply to init with
"sections" asks for the same request with those sections added.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ok, err := recipes.Answer(c.InOrStdin(), c.OutOrStdout())
			if err == nil && !ok {
				err = errReported
			}
			return err
		},
	}
}

func recipesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "recipes [NAME]...",
		Short: "List the recipes and their options",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, r := range recipes.All() {
					describe(c.OutOrStdout(), r)
				}
				return nil
			}
			for _, name := range args {
				r := recipes.Find(recipes.Egg + ":" + strings.TrimPrefix(name, recipes.Egg+":"))
				if r == nil {
					return fmt.Errorf("there is no recipe %q: \"monitor-generate recipes\" lists all", name)
				}
				describe(c.OutOrStdout(), r)
			}
			return nil
		},
	}
}

func describe(w io.Writer, r *recipes.Recipe) {
	fmt.Fprintf(w, "%s:%s\n  %s\n", recipes.Egg, r.Name, r.Summary)
	if len(r.Aliases) > 0 {
		fmt.Fprintf(w, "  install runs these as well: %s\n", strings.Join(r.Aliases, ", "))
	}
	for _, o := range r.Options {
		note := ""
		switch {
		case o.Required:
			note = " (required)"
		case o.Default != "":
			note = " (default: " + o.Default + ")"
		}
		fmt.Fprintf(w, "    %-24s %s%s\n", o.Name, o.Meaning, note)
	}
	fmt.Fprintln(w)
}
