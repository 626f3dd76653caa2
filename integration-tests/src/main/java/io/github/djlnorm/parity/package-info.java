/**
 * The parity harness: is every layer, group count and mode as exact as PyTorch?
 *
 * <p>A {@link io.github.djlnorm.parity.cases.Grid} lists cases. Each is computed by the library's
 * layers and by three truths that know nothing of each other: the formulas in double precision,
 * libtorch's operators in this process, and real torch.nn layers in a Python process. The verdict
 * on each quantity compares our error against double precision with PyTorch's own. {@link
 * io.github.djlnorm.parity.program.ParityMain} is the program, {@link
 * io.github.djlnorm.parity.BlockParity} the same for a test of any block against any module.
 */
package io.github.djlnorm.parity;
