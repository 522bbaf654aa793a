using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Rows;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Tasks;

/// <summary>One page of a listing. It first finds the number down to which it may look, so that a rare match never makes it walk the whole history.</summary>
internal static class ListTasks
{
    private const string Everything = "number < ?1";
    private const string Correlated = "number < ?1 AND correlation_id = ?2";
    private const string Failed = "number < ?1 AND state = 3";
    private const string Running = "number < ?1 AND state = 1";
    private const string Cancelled = "number < ?1 AND state = 4";

    private const string Filters = """
         AND number >= ?3
         AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR queue = ?5) AND (?6 IS NULL OR type = ?6) AND (?7 IS NULL OR node = ?7)
         AND (?8 IS NULL OR created_at >= ?8) AND (?9 IS NULL OR created_at < ?9)
         AND (?10 IS NULL OR EXISTS (SELECT 1 FROM json_each(labels) AS label WHERE label.key = ?10 AND label.value = ?11))
         ORDER BY number DESC LIMIT ?12
        """;

    public static TaskPage Read(Session session, TaskFilter filter, TaskCursor? after, int limit, int examinedMax)
    {
        var source = SourceOf(filter);
        var below = after?.Number ?? long.MaxValue;
        var floor = FindFloor(session, source, filter, below, examinedMax);

        var row = Bind(session.Prepare(PageSql(source)), filter, below, floor ?? 0, limit + 1);
        List<TaskDetails> tasks = [];
        while (tasks.Count <= limit && row.Step())
        {
            tasks.Add(TaskRow.ReadDetails(row));
        }

        if (tasks.Count > limit)
        {
            tasks.RemoveAt(limit);
            return new TaskPage(tasks, new TaskCursor(tasks[^1].Number));
        }

        return new TaskPage(tasks, floor is { } reached ? new TaskCursor(reached) : null);
    }

    /// <summary>The number of the last row that may be looked at; null when fewer are left.</summary>
    private static long? FindFloor(Session session, string source, TaskFilter filter, long below, int examinedMax)
    {
        var row = session.Prepare(FloorSql(source)).Bind(below).Bind(filter.CorrelationId).Bind(examinedMax - 1);
        return row.Step() ? row.ReadInt64() : null;
    }

    private static Statement Bind(Statement statement, TaskFilter filter, long below, long floor, int limit)
    {
        statement.Bind(below).Bind(filter.CorrelationId).Bind(floor);
        _ = filter.State is { } state ? statement.Bind(state) : statement.BindNull();
        return statement.Bind(filter.Queue).Bind(filter.Type).Bind(filter.Node).Bind(filter.CreatedFrom).Bind(filter.CreatedBefore)
            .Bind(filter.Label?.Key).Bind(filter.Label?.Value).Bind(limit);
    }

    /// <summary>The narrowest of the indexes that give numbers in order.</summary>
    private static string SourceOf(TaskFilter filter) => filter switch
    {
        { CorrelationId: not null } => Correlated,
        { State: StoredState.Failed } => Failed,
        { State: StoredState.Running } => Running,
        { State: StoredState.Cancelled } => Cancelled,
        _ => Everything,
    };

    // Every text is a constant of the program, so that a session keeps a handful of statements for them.
    private static string FloorSql(string source) => source switch
    {
        Correlated => "SELECT number FROM tasks WHERE " + Correlated + " ORDER BY number DESC LIMIT 1 OFFSET ?3",
        Failed => "SELECT number FROM tasks WHERE " + Failed + " AND (?2 IS NULL) ORDER BY number DESC LIMIT 1 OFFSET ?3",
        Running => "SELECT number FROM tasks WHERE " + Running + " AND (?2 IS NULL) ORDER BY number DESC LIMIT 1 OFFSET ?3",
        Cancelled => "SELECT number FROM tasks WHERE " + Cancelled + " AND (?2 IS NULL) ORDER BY number DESC LIMIT 1 OFFSET ?3",
        _ => "SELECT number FROM tasks WHERE " + Everything + " AND (?2 IS NULL) ORDER BY number DESC LIMIT 1 OFFSET ?3",
    };

    private static string PageSql(string source) => source switch
    {
        Correlated => "SELECT " + TaskRow.ListedColumns + " FROM tasks WHERE " + Correlated + Filters,
        Failed => "SELECT " + TaskRow.ListedColumns + " FROM tasks WHERE " + Failed + Filters,
        Running => "SELECT " + TaskRow.ListedColumns + " FROM tasks WHERE " + Running + Filters,
        Cancelled => "SELECT " + TaskRow.ListedColumns + " FROM tasks WHERE " + Cancelled + Filters,
        _ => "SELECT " + TaskRow.ListedColumns + " FROM tasks WHERE " + Everything + Filters,
    };
}
