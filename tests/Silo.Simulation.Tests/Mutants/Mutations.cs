namespace Silo.Simulation.Tests.Mutants;

/// <summary>The rules that live in Silo.Core, each broken in its place. Those that live in the store are broken by the stores beside.</summary>
internal static class Mutations
{
    public static readonly IReadOnlyList<Mutation> All =
    [
        new("re-dispatch before the fence", new Edit(
            "Scheduling/SchedulerActor.Nodes.cs",
            "        var unknown = false;\n",
            "        var unknown = false;\n        _board.NodeGone(node, [], reason);\n        ActSoon();\n")),
        new(
            "orphans may report",
            new Edit(
                "Workers/WorkQueue.cs",
                "        if (item.Phase != WorkPhase.Running)\n            return false;\n        item.Phase = WorkPhase.Reported;",
                """
                        if (item.Phase == WorkPhase.Gone)
                        {
                            (item.Phase, item.Report) = (WorkPhase.Reported, report);
                            Unrecorded++;
                            _outbox.Enqueue(item);
                            return true;
                        }

                        if (item.Phase != WorkPhase.Running)
                            return false;
                        item.Phase = WorkPhase.Reported;
                """),
            new Edit("Nodes/HeldTable.cs", "entry.Dispatch.Dispatch == held.Dispatch && entry.Phase != HeldPhase.Queued", "entry.Phase != HeldPhase.Queued")),
        new("time-out taken for give-back", new Edit(
            "Scheduling/SchedulerActor.Nodes.cs",
            "            LogUnanswered(_ports.Logger, failure, name);\n            return null;",
            """
                        LogUnanswered(_ports.Logger, failure, name);
                        var silent = _board.Nodes.GetValueOrDefault(name);
                        return silent is null ? null : new NodeInventory
                        {
                            Fence = silent.Fence, Epoch = _epoch, Activation = silent.Outbox.Activation, LastCommand = silent.Outbox.Acknowledged, LastReport = silent.LastReport, Known = true,
                        };
            """)),
        new(
            "commands out of order",
            new Edit("Nodes/NodeActor.cs", "status == CommandsStatus.Applied && commands.Number == _lastCommand + 1", "status == CommandsStatus.Applied")),
        new("takeover without inventory", new Edit(
            "Scheduling/SchedulerActor.Loop.cs",
            "        await HearNodesAsync();\n",
            "        foreach (var node in _board.Nodes.Values)\n            node.Awaited = false;\n")),
        new("stale refill", new Edit(
            "Queues/BandRefill.cs",
            "TakeIn(near.Where(row => !read.HasLeft(row.Spec.Id)), request.Shape, isHeldElsewhere);",
            "TakeIn(near, request.Shape, isHeldElsewhere);")),
        new("page put off for ever", new Edit(
            "Queues/BandRefill.cs",
            "var until = now + limits.ReadAhead;\n        return",
            "var until = DateTimeOffset.UnixEpoch;\n        return")),
        new("stale read-back", new Edit(
            "Scheduling/SchedulerBoard.cs",
            "_leftWhileReadingBack?.Contains(id) == true)",
            "_leftWhileReadingBack?.Contains(id) == true && IsHeld(id))")),
        new(
            "no digest in heartbeats",
            new Edit("Scheduling/SchedulerActor.Nodes.cs", "        if (node.Outbox.Any || beat.LastCommand", "        if (beat.Held.Count >= 0 || node.Outbox.Any || beat.LastCommand"),
            new Edit("Nodes/NodeActor.Standing.cs", "        if (beat.Held is not { } theirs ||", "        if (beat.Held is not { Count: < 0 } theirs ||")),
        new("cancel applied at once", new Edit(
            "Scheduling/SchedulerBoard.cs",
            "                assignment.Node.Outbox.Cancel(id);\n            }\n        }\n",
            "                assignment.Node.Outbox.Cancel(id);\n                ToFinalise.Add(id);\n            }\n        }\n")),
        new("eviction without lowering the watermark", new Edit(
            "Queues/PriorityBand.cs",
            "            Watermark = entry.Key < Watermark ? entry.Key : Watermark;\n",
            "            Watermark = entry.Key < ReadyKey.Lowest ? entry.Key : Watermark;\n")),
        new("resend under new ids", new Edit(
            "Clients/SiloClient.cs",
            "return (await _store.InsertAsync(tasks, cancellationToken), resends > 0);",
            "return (await _store.InsertAsync(resends == 0 ? tasks : [.. tasks.Select(task => task with { Id = NewTaskId() })], cancellationToken), resends > 0);")),
        new("fencing after a stall", new Edit(
            "Scheduling/NodeWatch.cs",
            "        if (!StoreReachable)\n            return TimeSpan.Zero;\n        return elapsed < options.Tick * 2 ? elapsed : options.Tick * 2;\n",
            "        return elapsed;\n")),
        new("event before commit", new Edit(
            "Nodes/NodeActor.Outcomes.cs",
            "        _recorder.Add(entry.Outcome);\n",
            "        _ports.Events.Publish([new TaskEvent { Kind = TaskEventKind.Recorded, Id = outcome.Id, Attempt = outcome.Attempt, State = StoredState.Succeeded }]);\n        _recorder.Add(entry.Outcome);\n")),
        new("registration taken for an empty inventory", new Edit(
            "Scheduling/SchedulerActor.Nodes.cs",
            "            if (present.Outbox.Activation != request.Activation)\n                PullInventory(present);\n",
            """
                        if (present.Outbox.Activation != request.Activation)
                            _board.Reconcile(present, new NodeInventory { Fence = present.Fence, Epoch = _epoch, Activation = request.Activation, LastCommand = 0, LastReport = 0, Known = true });
                        present.Awaited = false;

            """)),
        new("cancel that is off the record kept in memory", new Edit(
            "Scheduling/SchedulerBoard.cs",
            "        foreach (var id in asked)\n",
            "        foreach (var id in asked.Where(ended.Contains))\n")),
        new("late mark of a start left standing",
            new Edit("Scheduling/SchedulerActor.Loop.cs", "        Rescan();\n        foreach (var node in _board.Nodes.Values)\n            PullInventory(node);\n", "        Rescan();\n"),
            new Edit("Scheduling/SchedulerActor.Errands.cs", "_board.ApplyReadBack(rows ?? []))\n            PullInventory(node);", "_board.ApplyReadBack(rows ?? []))\n            _ = node;")),
        new("what waits behind a repeated notice believed", new Edit(
            "Clients/SubmitNotifier.cs",
            "            if (repeated)\n",
            "            if (repeated && _number < 0)\n")),
        new("one slot too many", new Edit("Workers/WorkQueue.cs", "Executing < slots &&", "Executing <= slots &&")),
    ];
}
