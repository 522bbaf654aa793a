using Npgsql;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>What gives numbers in falling order: an index of what is rare, or the batches in which tasks arrived.</summary>
internal sealed class ListingSource
{
    private static readonly ListingSource Running = new("t.state = 1 AND $3::text IS NULL");
    private static readonly ListingSource Failed = new("t.state = 3 AND $3::text IS NULL");
    private static readonly ListingSource Cancelled = new("t.state = 4 AND $3::text IS NULL");
    private static readonly ListingSource Correlated = new("t.correlation_id = $3");
    private static readonly ListingSource Arrived = new("t.id = ANY($3)");

    // Batches are taken until they hold enough, without reading the ids of those that are not.
    private const string Batches = """
        SELECT first_number, rows, ids
        FROM (
            SELECT first_number, rows, ids, sum(rows) OVER (ORDER BY first_number DESC ROWS UNBOUNDED PRECEDING) - rows AS above
            FROM (
                SELECT first_number, least(size, $1 - first_number)::integer AS rows, ids
                FROM silo.arrivals WHERE first_number < $1 ORDER BY first_number DESC LIMIT $2) newest) counted
        WHERE above < $2
        ORDER BY first_number DESC
        """;

    private readonly string _condition;

    private ListingSource(string condition) => _condition = condition;

    /// <summary>The narrowest one.</summary>
    public static ListingSource For(TaskFilter filter) => filter switch
    {
        { CorrelationId: not null } => Correlated,
        { State: StoredState.Failed } => Failed,
        { State: StoredState.Running } => Running,
        { State: StoredState.Cancelled } => Cancelled,
        _ => Arrived,
    };

    // Every text is one of a handful of constants in effect, so that each is prepared once for a connection.
    public string PageSql(string columns, string filters) => $"SELECT {columns} FROM silo.tasks t WHERE {_condition}{filters}";

    public NpgsqlParameter Argument(TaskFilter filter, ListingWindow window) => this == Arrived ? Parameters.Of(window.Ids) : Parameters.Of(filter.CorrelationId);

    /// <summary>The next rows below a number, at most <paramref name="rows"/>; fewer only at the end.</summary>
    public Task<ListingWindow> ReadWindowAsync(NpgsqlConnection connection, TaskFilter filter, long below, int rows, CancellationToken cancellationToken) =>
        this == Arrived ? ReadArrivedAsync(connection, below, rows, cancellationToken) : ReadIndexedAsync(connection, filter, below, rows, cancellationToken);

    private async Task<ListingWindow> ReadIndexedAsync(NpgsqlConnection connection, TaskFilter filter, long below, int rows, CancellationToken cancellationToken)
    {
        var sql = $"SELECT count(*), coalesce(min(number), 0) FROM (SELECT t.number FROM silo.tasks t WHERE {_condition} AND t.number < $1 ORDER BY t.number DESC LIMIT $2) newest";
        await using var command = connection.Statement(sql, Parameters.Of(below), Parameters.Of(rows), Parameters.Of(filter.CorrelationId));
        return (await command.ReadAllAsync(row => new ListingWindow((int)row.ReadInt64(), row.ReadInt64(), []), cancellationToken))[0];
    }

    private static async Task<ListingWindow> ReadArrivedAsync(NpgsqlConnection connection, long below, int rows, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(Batches, Parameters.Of(below), Parameters.Of((long)rows));
        var batches = await command.ReadAllAsync(row => (First: row.ReadInt64(), Rows: row.ReadInt32(), Ids: row.ReadIds()), cancellationToken);
        List<Guid> ids = new(rows);
        var floor = 0L;
        foreach (var (first, count, batch) in batches)
        {
            for (var place = count - 1; place >= 0 && ids.Count < rows; place--)
            {
                ids.Add(batch[place]);
                floor = first + place;
            }
        }

        return new ListingWindow(ids.Count, floor, [.. ids]);
    }
}

/// <param name="Rows">How many rows it looks at.</param>
/// <param name="Floor">The lowest number in it.</param>
/// <param name="Ids">The tasks, where the source names them.</param>
internal readonly record struct ListingWindow(int Rows, long Floor, Guid[] Ids);
