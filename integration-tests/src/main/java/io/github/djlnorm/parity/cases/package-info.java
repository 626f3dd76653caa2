/** What is compared: the cases, the grids of them, and where PyTorch is known to be wrong. */
package io.github.djlnorm.parity.cases;
