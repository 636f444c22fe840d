// Package bench measures a logsieve server from outside: it runs one as a process of its
// own, writes numbered entries to it, watches it with as many streams as a row of the
// table asks for, and counts every delivery.
//
// What is told is the processor time of the server's process, its memory, and rates and
// latencies beside a ceiling: what the same messages cost in the same minute, on the same
// machine, with nothing but a bare library behind them (package ceiling). The load and the
// watchers run on the same machine too. Absolute times say little where others use it as
// well; the ratios do.
//
// A delivery that is missing, comes twice, out of order or without matching is a fault,
// and a run with one has failed, whatever its figures are: see [report.Report.Faults].
package bench
