/**
 * What several packages of this library share, and no part of its API: anything here may change in
 * any release.
 */
package io.github.djlnorm.internal;
