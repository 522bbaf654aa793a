using Silo.Testing.Postgres;

namespace Silo.Benchmarks.Filled;

/// <summary>Fills Silo's tables in SQL, as its own writes would have left them.</summary>
internal static class FilledTable
{
    private const int RowsPerStatement = 250_000;

    /// <param name="kind">What the rows are.</param>
    /// <param name="rows">How many.</param>
    /// <param name="progress">Told how many there are, now and then.</param>
    public static async Task FillAsync(PostgresDatabase database, FilledKind kind, int rows, Func<int, Task> progress)
    {
        for (var first = 1; first <= rows; first += RowsPerStatement)
        {
            var last = Math.Min(rows, first + RowsPerStatement - 1);
            await database.ExecuteAsync(kind == FilledKind.History ? Finished(first, last) : Waiting(first, last));
            await progress(last);
        }

        var state = kind == FilledKind.History ? "2, 0" : "0, 50";
        await database.ExecuteAsync($"select setval('silo.task_numbers', {rows}); insert into silo.counter_deltas values ('default', {state}, {rows})");
        // In a transaction block it is not allowed, so it goes alone.
        await database.ExecuteAsync("vacuum analyze");
    }

    // Ids of the past, in order of numbers, as a clock gives them.
    private static string Id(string number) => $"(lpad(to_hex(1700000000000 + {number} / 20), 12, '0') || '7000' || '8' || lpad(to_hex({number}), 15, '0'))::uuid";

    private static string Finished(int first, int last) => $"""
        insert into silo.tasks (number, id, state, priority, attempts_max, run_at, created_at, queue, type, node, incarnation, started_at, finished_at, payload, result)
        select n, {Id("n")}, 2, 50, 3, now() - interval '1 hour', now() - interval '1 hour', 'default', 'echo', 'earlier', 1, now() - interval '1 hour', now() - interval '1 hour',
            decode(repeat('61', 100), 'hex'), decode(repeat('62', 100), 'hex') from generate_series({first}, {last}) as made (n);
        {Arrivals(first, last)};
        insert into silo.endings (finished_from, finished_to, size, ids)
        select now() - interval '1 hour', now() - interval '1 hour', count(*), array_agg({Id("n")} order by n) from generate_series({first}, {last}) as made (n) group by (n - 1) / 1000
        """;

    private static string Waiting(int first, int last) => $"""
        insert into silo.tasks (number, id, priority, attempts_max, run_at, queue, type, payload)
        select n, {Id("n")}, 50, 3, now() + interval '1 day', 'default', 'echo', decode(repeat('61', 100), 'hex') from generate_series({first}, {last}) as made (n);
        {Arrivals(first, last)}
        """;

    private static string Arrivals(int first, int last) => $"""
        insert into silo.arrivals (first_number, size, live, ids)
        select min(n), count(*), count(*), array_agg({Id("n")} order by n) from generate_series({first}, {last}) as made (n) group by (n - 1) / 1000
        """;
}

/// <summary>What a database has before the measured tasks come.</summary>
internal enum FilledKind
{
    /// <summary>Tasks that have succeeded.</summary>
    History,

    /// <summary>Tasks of the same queue that wait for a later time.</summary>
    Backlog,
}
