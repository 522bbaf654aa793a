using System.Text.Json;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Simulation.Kernel;
using Silo.Simulation.Runs;

namespace Silo.Simulation.Network;

/// <summary>Where a call goes: the process, and the object in it.</summary>
internal readonly record struct Destination<TActor>(SimProcess Process, TActor Actor);

/// <summary>Calls between processes: request and answer are messages that may be slow, doubled or lost.</summary>
internal sealed class SimNetwork(SimWorld world, NetworkWeather weather, RunCounts counts)
{
    /// <summary>A caller that hears nothing gets its time-out within this, or sooner.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PatienceMin = TimeSpan.FromSeconds(25);

    /// <summary>Share of calls whose request and answer are written as JSON and read back, as a cluster would.</summary>
    private const double RecodedShare = 0.1;

    /// <param name="from">Who calls; the answer comes back to it.</param>
    /// <param name="route">Where the call goes when the message arrives; null while nobody is there.</param>
    /// <param name="what">The method's name.</param>
    /// <param name="request">The one argument.</param>
    /// <param name="serve">Calls the actor.</param>
    /// <param name="plain">The messages are no actor messages and have no JSON form.</param>
    public Task<TReply> CallAsync<TActor, TRequest, TReply>(
        SimProcess from, Func<Destination<TActor>?> route, string what, TRequest request, Func<TActor, TRequest, Task<TReply>> serve, bool plain = false)
        where TActor : class
        where TRequest : class
        where TReply : class
    {
        var answer = new TaskCompletionSource<TReply>();
        if (!world.OnThread($"call {what}"))
        {
            return answer.Task;
        }

        var call = new Call<TActor, TRequest, TReply>(this, from, what, answer, serve, !plain && world.Chance(RecodedShare));
        call.Send(route, request, world.Between(PatienceMin, PatienceMax));
        return answer.Task;
    }

    private static T Recoded<T>(T message)
        where T : class =>
        (T)JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(message, typeof(T), ActorJson.Default), typeof(T), ActorJson.Default)!;

    private static bool IsExpected(Exception error) => error is StoreUnavailableException or StoreUnknownException or TimeoutException or OperationCanceledException;

    private sealed class Call<TActor, TRequest, TReply>(
        SimNetwork network, SimProcess from, string what, TaskCompletionSource<TReply> answer, Func<TActor, TRequest, Task<TReply>> serve, bool recoded)
        where TActor : class
        where TRequest : class
        where TReply : class
    {
        private readonly SimWorld _world = network.World;
        private SimEvent? _patience;

        public void Send(Func<Destination<TActor>?> route, TRequest request, TimeSpan patience)
        {
            _patience = from.Post("call times out", () => answer.TrySetException(new TimeoutException($"{what}: no answer.")), patience);
            var sent = recoded ? Recoded(request) : request;
            if (route() is not { } first)
            {
                Refuse("nobody is there");
                return;
            }

            Deliver(first, sent);
            if (network.Weather.Duplicates(from, first.Process))
            {
                _world.Trace.Add($"network {from.Name} -> {first.Process.Name}: {what} is doubled");
                Deliver(first, sent);
            }
        }

        private void Deliver(Destination<TActor> to, TRequest request)
        {
            if (!to.Process.Alive)
            {
                Refuse("its process is dead");
                return;
            }

            if (network.Weather.Loses(from, to.Process))
            {
                network.Counts.LostAnswers++;
                _world.Trace.Add($"network {from.Name} -> {to.Process.Name}: {what} is lost");
                return;
            }

            to.Process.Post(what, () => _ = ServeAsync(to, request), network.Weather.Delay(from, to.Process));
        }

        private async Task ServeAsync(Destination<TActor> to, TRequest request)
        {
            try
            {
                var reply = await serve(to.Actor, request);
                Reply(to.Process, () => answer.TrySetResult(recoded ? Recoded(reply) : reply));
            }
            catch (Exception error)
            {
                if (!IsExpected(error))
                {
                    _world.Fail("actors throw only what their ports may throw", $"{what} of {to.Process.Name}: {error}");
                }

                Reply(to.Process, () => answer.TrySetException(error));
            }
        }

        private void Reply(SimProcess to, Action deliver)
        {
            if (network.Weather.Loses(to, from))
            {
                network.Counts.LostAnswers++;
                _world.Trace.Add($"network {to.Name} -> {from.Name}: the answer to {what} is lost");
                return;
            }

            from.Post($"answer to {what}", () => Arrive(deliver), network.Weather.Delay(to, from));
        }

        private void Refuse(string why) =>
            from.Post("refused", () => Arrive(() => answer.TrySetException(new TimeoutException($"{what}: {why}."))), TimeSpan.FromMilliseconds(1));

        private void Arrive(Action deliver)
        {
            _patience?.TakeBack();
            deliver();
        }
    }

    private SimWorld World => world;

    private NetworkWeather Weather => weather;

    private RunCounts Counts => counts;
}
