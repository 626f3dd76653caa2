/** A real PyTorch in another process, in a container or a Python of this machine. */
package io.github.djlnorm.parity.python;
