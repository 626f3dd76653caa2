/** What was found out, as a table, HTML, CSV, JSON and pictures. */
package io.github.djlnorm.parity.report;
