/** Tells which normalization suits a model, and what in a model's normalization is a mistake. */
package io.github.djlnorm.advice;
