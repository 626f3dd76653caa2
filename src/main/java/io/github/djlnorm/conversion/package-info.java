/** Takes existing models from BatchNorm over to other normalizations. */
package io.github.djlnorm.conversion;
