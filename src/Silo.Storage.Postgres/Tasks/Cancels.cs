using Npgsql;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>The record of cancels that are asked for and not final.</summary>
internal static class Cancels
{
    // Reads the task without a lock. Should it end at this moment, the record outlives it until the scheduler finds it settled.
    private const string Ask = """
        WITH found AS MATERIALIZED (SELECT id, state FROM silo.tasks WHERE id = ANY($1)),
        asked AS (INSERT INTO silo.cancels (id) SELECT id FROM found WHERE state < 2 ORDER BY id ON CONFLICT (id) DO NOTHING)
        SELECT id, state FROM found
        """;

    public static async Task<IReadOnlyList<CancelAnswer>> RequestAsync(WriteTransaction transaction, IReadOnlyList<TaskId> ids)
    {
        var found = (await transaction.ReadAsync(row => (Id: row.ReadId(), State: row.ReadState()), Ask, Parameters.Of(ids))).ToDictionary(row => row.Id, row => row.State);
        return [.. ids.Select(id => found.TryGetValue(id, out var state)
            ? new CancelAnswer(id, state.IsTerminal() ? CancelKind.Settled : CancelKind.Cancelling, state)
            : new CancelAnswer(id, CancelKind.NotFound, default))];
    }

    public static async Task<IReadOnlyList<TaskId>> ReadAsync(NpgsqlConnection connection, TaskId after, int limit, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement("SELECT id FROM silo.cancels WHERE id > $1 ORDER BY id LIMIT $2", Parameters.Of(after), Parameters.Of(limit));
        return await command.ReadAllAsync(row => row.ReadId(), cancellationToken);
    }

    public static Task RemoveAsync(WriteTransaction transaction, IReadOnlyList<TaskId> ids) =>
        transaction.RunAsync("DELETE FROM silo.cancels WHERE id = ANY($1)", Parameters.Of(ids));
}
