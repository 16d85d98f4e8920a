/** What a query can name: files, views, models. */
package dev.quern.sql.catalog;
