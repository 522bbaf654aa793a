using Npgsql;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Rows;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>Listings by falling number. A page is looked for in windows that grow and are bounded together, so that a rare match never makes it walk the whole history.</summary>
internal static class ListTasks
{
    private const int WindowRowsMin = 100;
    private const int WindowGrowth = 4;

    private const string Filters = """
         AND t.number < $1 AND t.number >= $2
         AND ($4::smallint IS NULL OR t.state = $4) AND ($5::text IS NULL OR t.queue = $5) AND ($6::text IS NULL OR t.type = $6) AND ($7::text IS NULL OR t.node = $7)
         AND ($8::timestamptz IS NULL OR t.created_at >= $8) AND ($9::timestamptz IS NULL OR t.created_at < $9)
         AND ($10::text IS NULL OR t.labels ->> $10 = $11)
        ORDER BY t.number DESC LIMIT $12
        """;

    public static async Task<TaskPage> ReadAsync(
        NpgsqlConnection connection, TaskFilter filter, TaskCursor? after, int limit, int examinedMax, CancellationToken cancellationToken)
    {
        var source = ListingSource.For(filter);
        List<TaskDetails> tasks = [];
        var below = after?.Number ?? long.MaxValue;
        var size = Math.Max(limit + 1, WindowRowsMin);
        for (var left = examinedMax; left > 0; size *= WindowGrowth)
        {
            var asked = Math.Min(size, left);
            var window = await source.ReadWindowAsync(connection, filter, below, asked, cancellationToken);
            if (window.Rows > 0)
            {
                await ReadMatchesAsync(connection, source, window, filter, below, limit + 1 - tasks.Count, tasks, cancellationToken);
                below = window.Floor;
            }

            if (tasks.Count > limit)
            {
                tasks.RemoveAt(limit);
                return new TaskPage(tasks, new TaskCursor(tasks[^1].Number));
            }

            if (window.Rows < asked)
                return new TaskPage(tasks, null);
            left -= window.Rows;
        }

        return new TaskPage(tasks, new TaskCursor(below));
    }

    private static async Task ReadMatchesAsync(
        NpgsqlConnection connection, ListingSource source, ListingWindow window, TaskFilter filter, long below, int limit, List<TaskDetails> into, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(
            source.PageSql(TaskRow.ListedColumns, Filters),
            Parameters.Of(below), Parameters.Of(window.Floor), source.Argument(filter, window),
            Parameters.Of(filter.State), Parameters.Of(filter.Queue), Parameters.Of(filter.Type), Parameters.Of(filter.Node),
            Parameters.Of(filter.CreatedFrom), Parameters.Of(filter.CreatedBefore), Parameters.Of(filter.Label?.Key), Parameters.Of(filter.Label?.Value),
            Parameters.Of(limit));
        into.AddRange(await command.ReadAllAsync(TaskRow.ReadDetails, cancellationToken));
    }
}
