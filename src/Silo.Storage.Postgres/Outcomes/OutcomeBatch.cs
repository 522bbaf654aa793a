using Npgsql;
using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Opening;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Outcomes;

/// <summary>Many nodes' writes in one transaction: one fence check for each node, one guard for each row.</summary>
internal sealed class OutcomeBatch : IDisposable
{
    private const int TriesMax = 3;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _batch;

    // One for each statement that returns rows.
    private readonly List<Func<NpgsqlDataReader, Task>> _readers = [];
    private readonly List<Row> _open = [];

    private OutcomeBatch(NpgsqlConnection connection)
    {
        _connection = connection;
        _batch = new NpgsqlBatch(connection);
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, IReadOnlyList<OutcomeOperation> operations)
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            using var batch = new OutcomeBatch(connection);
            batch.Compose(operations);
            await batch.SendAsync();
            if (await batch.JudgeRestAsync())
                return;
        }

        throw new StoreUnavailableException("Rows of this batch change as fast as its outcomes are written; send it again.");
    }

    public void Dispose() => _batch.Dispose();

    private void Compose(IReadOnlyList<OutcomeOperation> operations)
    {
        // In order of names, so that two batches take the locks of the same nodes in the same order.
        var groups = operations.GroupBy(operation => operation.Fence).OrderBy(group => group.Key.Node, StringComparer.Ordinal).ThenBy(group => group.Key.Incarnation).ToArray();
        foreach (var group in groups)
        {
            AddFence(group.Key, [.. group]);
        }

        foreach (var group in groups)
        {
            AddStarts(group.Key, [.. group.SelectMany(operation => operation.Starts)]);
            foreach (var wave in Waves(group))
            {
                if (wave.TrueForAll(static row => row.IsTimedSuccess))
                {
                    AddSuccesses(group.Key, wave);
                    continue;
                }

                AddSuccesses(group.Key, [.. wave.Where(row => row.IsTimedSuccess)]);
                AddEnds(group.Key, [.. wave.Where(row => !row.IsTimedSuccess && row.Outcome.Kind is not (OutcomeKind.Retry or OutcomeKind.Released))]);
                AddRetries(group.Key, [.. wave.Where(row => row.Outcome.Kind == OutcomeKind.Retry)]);
                AddReleases(group.Key, [.. wave.Where(row => row.Outcome.Kind == OutcomeKind.Released)]);
            }
        }
    }

    /// <summary>The rows in order of ids; an id that comes again is in a later statement, which sees what the first one made of it.</summary>
    private static List<List<Row>> Waves(IEnumerable<OutcomeOperation> operations)
    {
        List<Row> rows = [];
        foreach (var operation in operations.OfType<RecordOperation>())
        {
            rows.EnsureCapacity(rows.Count + operation.Outcomes.Count);
            for (var index = 0; index < operation.Outcomes.Count; index++)
            {
                rows.Add(new Row(operation, index));
            }
        }

        List<List<Row>> waves = [];
        while (rows.Count > 0)
        {
            // One caller's outcomes mostly come in order.
            if (Ascends(rows))
            {
                waves.Add(rows);
                break;
            }

            // Sorted without regard to who came first, so a repeated id sends the first of each ahead.
            List<Row> wave = [.. rows];
            wave.Sort(static (left, right) => left.Outcome.Id.CompareTo(right.Outcome.Id));
            if (Ascends(wave))
            {
                waves.Add(wave);
                break;
            }

            HashSet<TaskId> seen = [];
            var ahead = rows.Where(row => seen.Add(row.Outcome.Id)).ToHashSet();
            rows.RemoveAll(ahead.Contains);
            waves.Add([.. ahead.OrderBy(static row => row.Outcome.Id)]);
        }

        return waves;
    }

    private static bool Ascends(List<Row> rows)
    {
        for (var index = 1; index < rows.Count; index++)
        {
            if (rows[index].Outcome.Id <= rows[index - 1].Outcome.Id)
                return false;
        }

        return true;
    }

    private void AddFence(NodeFence fence, OutcomeOperation[] operations)
    {
        _batch.Add(OutcomeSql.Fence, Parameters.Of(fence.Node), Parameters.Of(fence.Incarnation), Parameters.Of(AdvisoryLocks.Node));
        _readers.Add(async reader =>
        {
            var alive = await reader.ReadAsync();
            foreach (var operation in operations)
            {
                // What an earlier sending was answered counts for nothing when its commit did not become known.
                operation.Reset();
                if (alive)
                    operation.SetAlive();
                else
                    operation.SetFenced();
                if (alive && operation is RecordOperation record)
                    _open.AddRange(Enumerable.Range(0, record.Outcomes.Count).Select(index => new Row(record, index)));
            }
        });
    }

    private void AddStarts(NodeFence fence, TaskStart[] starts)
    {
        if (starts.Length == 0)
            return;
        // Of two starts of one attempt either will do; the statement takes one of them.
        Array.Sort(starts, (left, right) => left.Id.CompareTo(right.Id));
        Add(OutcomeSql.Mark, fence, [.. starts.Select(start => start.Id.Value)], [.. starts.Select(start => start.Attempt)],
            Parameters.OfTimes([.. starts.Select(start => ServerTime.Of(start.StartedAt))]));
    }

    private void AddSuccesses(NodeFence fence, List<Row> rows)
    {
        if (rows.Count == 0)
            return;
        var columns = new SuccessColumns(rows.Count);
        for (var place = 0; place < rows.Count; place++)
        {
            columns.Set(place, rows[place].Outcome);
        }

        _batch.Add(OutcomeSql.Succeed, [Parameters.Of(fence.Node), Parameters.Of(fence.Incarnation), .. columns.ToParameters()]);
        _readers.Add(async reader =>
        {
            await reader.ReadAsync();
            var some = await reader.IsDBNullAsync(1) ? null : reader.GetFieldValue<Guid[]>(1).ToHashSet();
            if (reader.GetInt64(0) == 0)
                return;
            foreach (var row in rows)
            {
                if (some?.Contains(row.Outcome.Id.Value) != false)
                    row.Answer(OutcomeAnswer.Recorded, StoredState.Succeeded, default);
            }
        });
    }

    private void AddEnds(NodeFence fence, Row[] rows)
    {
        if (rows.Length == 0)
            return;
        var columns = new OutcomeColumns(rows.Length);
        for (var place = 0; place < rows.Length; place++)
        {
            columns.Set(place, rows[place].Outcome);
        }

        Add(OutcomeSql.End, fence, rows, columns.ToEnd());
        _readers.Add(async reader =>
        {
            await reader.ReadAsync();
            // One array, since a row of an answer for each place costs both sides more.
            foreach (var place in await reader.IsDBNullAsync(0) ? [] : reader.GetFieldValue<long[]>(0))
            {
                var row = rows[place - 1];
                row.Answer(OutcomeAnswer.Recorded, OutcomeRow.EndOf(row.Outcome.Kind), default);
            }
        });
    }

    private void AddRetries(NodeFence fence, Row[] rows)
    {
        if (rows.Length == 0)
            return;
        var columns = new OutcomeColumns(rows.Length);
        for (var place = 0; place < rows.Length; place++)
        {
            columns.Set(place, rows[place].Outcome);
        }

        Add(OutcomeSql.Retry, fence, rows, columns.ToRetry());
        _readers.Add(async reader =>
        {
            while (await reader.ReadAsync())
            {
                var state = (StoredState)reader.GetInt16(1);
                rows[reader.GetInt64(0) - 1].Answer(OutcomeAnswer.Recorded, state, state.IsTerminal() ? default : new DateTimeOffset(reader.GetDateTime(2)));
            }
        });
    }

    private void AddReleases(NodeFence fence, Row[] rows)
    {
        if (rows.Length == 0)
            return;
        Add(OutcomeSql.Release, fence, rows);
    }

    private void Add(string sql, NodeFence fence, Row[] rows, params NpgsqlParameter[] columns) =>
        Add(sql, fence, [.. rows.Select(row => row.Outcome.Id.Value)], [.. rows.Select(row => row.Outcome.Attempt)], columns);

    private void Add(string sql, NodeFence fence, Guid[] ids, int[] attempts, params NpgsqlParameter[] columns) =>
        _batch.Add(sql, [Parameters.Of(fence.Node), Parameters.Of(fence.Incarnation), Parameters.Of(ids), Parameters.Of(attempts), .. columns]);

    private async Task SendAsync()
    {
        await using var reader = await _batch.ExecuteReaderAsync();
        foreach (var read in _readers)
        {
            await read(reader);
            // Read to the very end: the commit's own error comes after the last result.
            await reader.NextResultAsync();
        }
    }

    /// <summary>Rows that were changed have their answers; for the others, a new statement reads what stands.</summary>
    /// <returns>False when one of them would be taken now, so that the batch is to be sent again.</returns>
    private async Task<bool> JudgeRestAsync()
    {
        var rest = _open.Where(row => !row.IsAnswered).ToArray();
        if (rest.Length == 0)
            return true;
        await using var command = _connection.Statement(OutcomeSql.Read, Parameters.Of([.. rest.Select(row => row.Outcome.Id)]));
        var found = (await command.ReadAllAsync(row => (Id: row.ReadId(), Row: ReadRow(row)))).ToDictionary(pair => pair.Id, pair => pair.Row);
        foreach (var row in rest)
        {
            // Retention took what is not there, and only what is terminal is taken.
            var answer = found.TryGetValue(row.Outcome.Id, out var stands)
                ? stands.Judge(row.Outcome, row.Operation.Fence)
                : new RecordedOutcome(row.Outcome.Id, row.Outcome.Attempt, OutcomeAnswer.Settled, StoredState.Failed, default);
            if (answer is null)
                return false;
            row.Operation.Answers[row.Index] = answer.Value;
        }

        return true;
    }

    private static OutcomeRow ReadRow(RowReader row)
    {
        var (state, attempt, runAt) = (row.ReadState(), row.ReadInt32(), row.ReadTime());
        return new OutcomeRow(state, attempt, runAt, new NodeFence(row.ReadTextOrNull() ?? "", row.ReadInt64()));
    }

    /// <summary>One outcome of one caller.</summary>
    private readonly record struct Row(RecordOperation Operation, int Index)
    {
        public TaskOutcome Outcome => Operation.Outcomes[Index];

        public bool IsTimedSuccess => Outcome is { Kind: OutcomeKind.Succeeded, Error: null } && Outcome.StartedAt != default && Outcome.FinishedAt != default;

        public bool IsAnswered => Operation.Answers[Index].Attempt != 0;

        public void Answer(OutcomeAnswer answer, StoredState state, DateTimeOffset runAt) =>
            Operation.Answers[Index] = new RecordedOutcome(Outcome.Id, Outcome.Attempt, answer, state, runAt);
    }
}
