using System.Runtime.CompilerServices;
using Silo.Client.Http;

namespace Silo.Client.Events;

/// <summary>Follows events across lost connections and restarts of the server: each new stream goes on where the last one ended.</summary>
internal sealed class EventFollower(ApiConnection connection, string path, EventFollowing following, TimeSpan limit, TimeProvider time)
{
    /// <summary>Before a lost stream is sought again, unless the server has said how long.</summary>
    public static readonly TimeSpan ReconnectWait = TimeSpan.FromSeconds(2);

    public async IAsyncEnumerable<FollowedEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (lastId, wait, followed) = (following.LastId, ReconnectWait, false);
        while (true)
        {
            using var stream = await OpenAsync(lastId, followed, cancellationToken);
            if (stream is not null)
            {
                followed = true;
                while (await stream.NextAsync(cancellationToken) is { } told)
                    yield return told;
                following.Lost?.Invoke(stream.End);
                (lastId, wait) = (stream.LastId ?? lastId, stream.ReconnectWait ?? ReconnectWait);
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    // The first time a server that is not there, or refuses, is the caller's news; later it may come back.
    private async Task<EventConnection?> OpenAsync(string? lastId, bool followed, CancellationToken cancellationToken)
    {
        try
        {
            var response = await connection.OpenAsync(path, lastId, limit, cancellationToken);
            return new EventConnection(response, await response.Content.ReadAsStreamAsync(cancellationToken), time);
        }
        catch (Exception problem) when (followed && MayPass(problem))
        {
            following.Lost?.Invoke(problem.Message);
            return null;
        }
    }

    private static bool MayPass(Exception problem) => problem is HttpRequestException or TimeoutException or SiloApiException { Status: 0 or (System.Net.HttpStatusCode)429 or >= (System.Net.HttpStatusCode)500 };
}
