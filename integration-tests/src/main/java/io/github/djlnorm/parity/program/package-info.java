/** The programs: the parity report, and those that watch memory and threads. */
package io.github.djlnorm.parity.program;
