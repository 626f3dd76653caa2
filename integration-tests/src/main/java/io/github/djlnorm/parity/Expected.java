package io.github.djlnorm.parity;

import java.util.Map;

/**
 * The exact values of a case, and for each element the magnitude whose ULP its error is measured
 * in.
 */
record Expected(Map<Quantity, double[]> values, Map<Quantity, double[]> scales) {}
