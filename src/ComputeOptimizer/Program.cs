using Terradev.ComputeOptimizer;
using Terradev.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("computeoptimizer");
builder.AddComputeOptimizer();
builder.AddBus();

var app = builder.Build();
app.MapServiceDefaults();
app.MapComputeOptimizer();
app.Run();
