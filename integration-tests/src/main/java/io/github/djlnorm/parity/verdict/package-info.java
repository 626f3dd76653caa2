/** Whether an error is small enough. */
package io.github.djlnorm.parity.verdict;
