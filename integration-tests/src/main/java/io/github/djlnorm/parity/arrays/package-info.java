/** Arrays as both sides hold them: their values, layouts, and errors in units in the last place. */
package io.github.djlnorm.parity.arrays;
