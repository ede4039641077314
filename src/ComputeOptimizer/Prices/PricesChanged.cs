using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Wakes whoever keeps the book of offers when this process imported prices.</summary>
internal sealed class PricesChanged : WakeUp;
