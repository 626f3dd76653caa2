/**
 * Who computes a case: our layers, the formula in double precision, libtorch, PyTorch's modules.
 */
package io.github.djlnorm.parity.implementations;
