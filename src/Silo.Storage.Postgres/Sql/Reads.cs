using Npgsql;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Opening;

namespace Silo.Storage.Postgres.Sql;

/// <summary>Runs reads, each on a connection of the pool.</summary>
internal sealed class Reads(Database database)
{
    /// <summary>A connection that turns out to be dead is replaced once: after the server was restarted, those that lay idle all are.</summary>
    /// <exception cref="StoreUnavailableException">The server could not be read.</exception>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            try
            {
                await using var connection = await database.ConnectAsync(cancellationToken);
                return await read(connection, cancellationToken);
            }
            catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
            {
                var refused = error is PostgresException server && server.IsAborted();
                if (!refused)
                    database.ForgetIdle();
                if (refused || again || error.InnerException is TimeoutException)
                    throw database.Failures.Unavailable(error);
            }
        }
    }
}
