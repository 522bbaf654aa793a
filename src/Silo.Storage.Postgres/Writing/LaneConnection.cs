using Npgsql;
using Silo.Storage.Postgres.Opening;

namespace Silo.Storage.Postgres.Writing;

/// <summary>The connection that one worker of a lane keeps, opened when it is first needed and again after it was lost.</summary>
internal sealed class LaneConnection : IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    public async ValueTask<NpgsqlConnection> GetAsync(Database database) => _connection ??= await database.ConnectAsync(CancellationToken.None);

    /// <summary>After an error: whatever the session still holds goes with it.</summary>
    public async Task DropAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await DropAsync();
}
