package load

import loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"

const statusKey = "http.status"

// Each value has its place by number: the service by the last digit, the status by the
// one before, the severity by the one before that.
const perDigit = 10

func serviceOf(number uint64) string {
	return [perDigit]string{
		"gateway", "checkout", "payments", "catalogue", "inventory",
		"shipping", "accounts", "search", "mailer", "invoices",
	}[number%perDigit]
}

func statusOf(number uint64) string {
	return [perDigit]string{
		"200", "201", "204", "301", "304", "400", "404", "429", "500", "503",
	}[number/perDigit%perDigit]
}

func severityOf(number uint64) loggerv1.Severity {
	return [perDigit]loggerv1.Severity{
		loggerv1.Severity_INFO, loggerv1.Severity_INFO, loggerv1.Severity_DEBUG, loggerv1.Severity_INFO,
		loggerv1.Severity_WARN, loggerv1.Severity_INFO, loggerv1.Severity_DEBUG, loggerv1.Severity_INFO,
		loggerv1.Severity_ERROR, loggerv1.Severity_FATAL,
	}[number/(perDigit*perDigit)%perDigit]
}
