// Package egg tests the egg slapos.recipe.monitor in real zc.buildout: how it
// is found, how it finds the programs, and what it keeps to itself.
package egg
