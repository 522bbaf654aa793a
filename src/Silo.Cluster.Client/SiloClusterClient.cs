using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Silo.Client;
using Silo.Cluster.Client.Grains;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Cluster.Client;

/// <summary>Tasks of a cluster, for a program that is an Orleans client of it: submits, cancels, waits and follows. Safe from any thread.</summary>
/// <remarks>
/// <para>Submits and cancels are checked and answered as over HTTP, but nobody asks for a key: whoever reaches the silos' port for Orleans clients may call.</para>
/// <para>A call that the cluster does not answer ends with <see cref="ActorUnavailableException"/>: what it asked may have been done. Submit with an idempotency key, and send the same again.</para>
/// </remarks>
public sealed class SiloClusterClient(IGrainFactory grains, TimeProvider time)
{
    /// <summary>One call waits this long for the end of a task, so that a silo that is gone is noticed.</summary>
    private static readonly TimeSpan WaitPerCall = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    private static readonly ApiJson Wire = ApiJson.Wire;

    private ITaskApiGrain Api => grains.GetGrain<ITaskApiGrain>(0);

    /// <summary>Submits one task; answers once it is durable.</summary>
    /// <exception cref="SiloApiException">It was refused; nothing was stored.</exception>
    public async Task<SubmittedTask> SubmitAsync(SubmitTaskRequest task, CancellationToken cancellationToken = default) =>
        Read(await Api.SubmitAsync(JsonSerializer.SerializeToUtf8Bytes(task, Wire.SubmitTaskRequest)).WaitAsync(cancellationToken), Wire.SubmittedTask);

    /// <summary>Submits up to 1,000 tasks, all or none; answers in the order given.</summary>
    /// <exception cref="SiloApiException">They were refused; nothing was stored.</exception>
    public async Task<IReadOnlyList<SubmittedTask>> SubmitAsync(IReadOnlyList<SubmitTaskRequest> tasks, CancellationToken cancellationToken = default) =>
        Read(await Api.SubmitAsync(JsonSerializer.SerializeToUtf8Bytes(tasks, Wire.IReadOnlyListSubmitTaskRequest)).WaitAsync(cancellationToken), Wire.IReadOnlyListSubmittedTask);

    /// <summary>Puts a cancel on record; the task may run on for a while.</summary>
    /// <exception cref="SiloApiException">There is no such task, or it has ended.</exception>
    public async Task<TaskChange> CancelAsync(Guid task, CancellationToken cancellationToken = default) =>
        Read(await Api.CancelAsync(task.ToString()).WaitAsync(cancellationToken), Wire.TaskChange);

    /// <returns>The task as it is now; <see cref="TaskStatusReply.Task"/> is null when there is none.</returns>
    public Task<TaskStatusReply> GetAsync(Guid task, CancellationToken cancellationToken = default) =>
        grains.GetGrain<ITaskGrain>(task).ReadAsync(new ReadTask()).WaitAsync(cancellationToken);

    /// <summary>Waits for the end of a task, through the death of any silo, for as long as it takes.</summary>
    /// <returns>The task with its result; <see cref="TaskStatusReply.Task"/> is null when there is none.</returns>
    public async Task<TaskStatusReply> WaitAsync(Guid task, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var status = await grains.GetGrain<ITaskGrain>(task).WaitAsync(new WaitTask(WaitPerCall)).WaitAsync(cancellationToken);
                if (IsLast(status))
                {
                    return status;
                }
            }
            catch (ActorUnavailableException)
            {
                // The task is where it was; another silo answers for it.
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    /// <summary>The task as it is now, and again whenever its state, progress or log changes, through the death of any silo, until it has ended. Each is the newest; what changes in between is left out.</summary>
    public async IAsyncEnumerable<TaskStatusReply> FollowAsync(Guid task, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var statuses = grains.GetGrain<ITaskGrain>(task).FollowAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            try
            {
                while (await TryAsync(statuses.MoveNextAsync))
                {
                    yield return statuses.Current;
                    if (IsLast(statuses.Current))
                    {
                        yield break;
                    }
                }
            }
            finally
            {
                await TryAsync(async () =>
                {
                    await statuses.DisposeAsync();
                    return true;
                });
            }

            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    /// <returns>False also when the silo that told of the task does not answer any more.</returns>
    private static async Task<bool> TryAsync(Func<ValueTask<bool>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception problem) when (problem is ActorUnavailableException or OrleansException or EnumerationAbortedException or TimeoutException)
        {
            return false;
        }
    }

    private static bool IsLast(TaskStatusReply status) => status.Task is null || status.State.IsTerminal();

    private static T Read<T>(TaskApiReply reply, JsonTypeInfo<T> info) => reply.Status < 400
        ? JsonSerializer.Deserialize(reply.Json, info)!
        : throw new SiloApiException(JsonSerializer.Deserialize(reply.Json, Wire.ApiProblem)!);
}
