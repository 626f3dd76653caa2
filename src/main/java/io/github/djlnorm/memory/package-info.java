/** What a process does with the memory of arrays. */
package io.github.djlnorm.memory;
