/** Whole networks whose builders take a {@link io.github.djlnorm.Norm}. */
package io.github.djlnorm.models;
