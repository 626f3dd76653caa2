package io.github.djlnorm.parity.implementations;

import io.github.djlnorm.parity.cases.Quantity;
import java.util.Map;

/**
 * The exact values of a case, and for each element the magnitude whose ULP its error is measured
 * in.
 */
public record Expected(Map<Quantity, double[]> values, Map<Quantity, double[]> scales) {}
