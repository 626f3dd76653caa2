/**
 * A machine for Python's pickles that runs nothing: no name is looked up and nothing is called. It
 * knows no tensor; what names and storages mean is told by who reads.
 */
package io.github.djlnorm.weights.pickle;
